<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="account-form.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Accounts')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:call-template name="kept"/>
    <xsl:call-template name="done"/>
    <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
      <thead><tr>
        <th scope="col"><xsl:value-of select="t:t('Identifier')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Name')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Role')"/></th>
        <th scope="col"><xsl:value-of select="t:t('From the day')"/></th>
        <th scope="col"><xsl:value-of select="t:t('To the day')"/></th>
        <th scope="col"><xsl:value-of select="t:t('Organisation')"/></th>
        <th scope="col"><xsl:value-of select="t:t('State')"/></th>
      </tr></thead>
      <tbody><xsl:apply-templates select="account"/></tbody>
    </table></div>
    <h2 id="add"><xsl:value-of select="t:t('Another account')"/></h2>
    <form class="card" method="post" action="/accounts/add">
      <input type="hidden" name="csrf" value="{reader/@csrf}"/>
      <div>
        <label for="identifier"><xsl:value-of select="t:t('Identifier')"/></label>
        <input id="identifier" name="identifier" type="text" required="required" maxlength="63" autocomplete="off" autocapitalize="none" spellcheck="false" value="{typed/@identifier}" aria-describedby="identifier-hint"/>
        <p class="hint" id="identifier-hint"><xsl:value-of select="t:t('Personal number, company number, register number or user name')"/></p>
      </div>
      <div>
        <label for="name"><xsl:value-of select="t:t('Name')"/></label>
        <input id="name" name="name" type="text" required="required" maxlength="120" autocomplete="off" value="{typed/@name}"/>
      </div>
      <xsl:call-template name="role-choice"><xsl:with-param name="chosen" select="typed/@chosen-role"/></xsl:call-template>
      <xsl:if test="organisation">
        <div>
          <label for="organisation"><xsl:value-of select="t:t('Organisation')"/></label>
          <select id="organisation" name="organisation" aria-describedby="organisation-hint">
            <option value=""><xsl:value-of select="t:t('none: acts for himself')"/></option>
            <xsl:for-each select="organisation">
              <option value="{@id}">
                <xsl:if test="@id = /page/typed/@organisation or @id = /page/@chosen-organisation"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
                <xsl:value-of select="@id"/><xsl:text> </xsl:text><xsl:value-of select="@name"/>
              </option>
            </xsl:for-each>
          </select>
          <p class="hint" id="organisation-hint"><xsl:value-of select="t:t('Who acts for one has its role and its days.')"/></p>
        </div>
        <div>
          <label><input name="manages" type="checkbox" value="yes"/><xsl:text> </xsl:text><xsl:value-of select="t:t('keeps the users of the organisation')"/></label>
        </div>
      </xsl:if>
      <div>
        <label for="site"><xsl:value-of select="t:t('Site')"/></label>
        <input id="site" name="site" type="text" maxlength="63" autocomplete="off" autocapitalize="none" spellcheck="false" value="{typed/@site}" aria-describedby="site-hint"/>
        <p class="hint" id="site-hint"><xsl:value-of select="t:t('Of a scanning operator: odesos, mladost, …')"/></p>
      </div>
      <xsl:call-template name="office-fields"/>
      <button type="submit"><xsl:value-of select="t:t('Add')"/></button>
    </form>
  </xsl:template>

  <xsl:template match="account">
    <tr>
      <td><a class="id" href="/accounts/show?identifier={t:url(@identifier)}"><xsl:value-of select="@identifier"/></a></td>
      <td><xsl:value-of select="@name"/></td>
      <td><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></td>
      <td class="day"><xsl:value-of select="@from"/></td>
      <td class="day"><xsl:value-of select="@to"/><xsl:if test="@to = ''"><xsl:value-of select="t:t('no end')"/></xsl:if></td>
      <td class="id"><xsl:value-of select="@organisation"/></td>
      <td><xsl:if test="@new"><xsl:value-of select="t:t('has not logged in yet')"/></xsl:if></td>
    </tr>
  </xsl:template>
</xsl:stylesheet>
