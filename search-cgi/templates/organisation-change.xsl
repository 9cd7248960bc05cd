<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="account-form.xsl"/>

  <xsl:template name="title"><xsl:value-of select="organisation/@name"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}"><a href="/organisations"><xsl:value-of select="t:t('Organisations')"/></a></nav>
    <h1><xsl:call-template name="title"/></h1>
    <xsl:call-template name="done"/>
    <xsl:apply-templates select="organisation"/>
  </xsl:template>

  <xsl:template match="organisation">
    <dl class="facts">
      <dt><xsl:value-of select="t:t('Identifier')"/></dt><dd class="id"><xsl:value-of select="@identifier"/></dd>
      <dt><xsl:value-of select="t:t('Role')"/></dt><dd><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></dd>
      <dt><xsl:value-of select="t:t('Document')"/></dt><dd><xsl:value-of select="@document"/></dd>
      <dt><xsl:value-of select="t:t('From the day')"/></dt><dd><xsl:value-of select="@from"/></dd>
      <dt><xsl:value-of select="t:t('To the day')"/></dt><dd><xsl:value-of select="@to"/><xsl:if test="@to = ''"><xsl:value-of select="t:t('no end')"/></xsl:if></dd>
    </dl>
    <h2><xsl:value-of select="t:t('Users')"/></h2>
    <xsl:choose>
      <xsl:when test="/page/user">
        <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
          <thead><tr>
            <th scope="col"><xsl:value-of select="t:t('Identifier')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Name')"/></th>
            <th scope="col"><xsl:value-of select="t:t('State')"/></th>
          </tr></thead>
          <tbody><xsl:apply-templates select="/page/user"/></tbody>
        </table></div>
      </xsl:when>
      <xsl:otherwise><p><xsl:value-of select="t:t('Nobody acts for it.')"/></p></xsl:otherwise>
    </xsl:choose>
    <p><a href="/accounts?organisation={t:url(@identifier)}#add"><xsl:value-of select="t:t('Another user')"/></a></p>
    <xsl:choose>
      <xsl:when test="@self"><p class="notice"><xsl:call-template name="own-organisation"/></p></xsl:when>
      <xsl:otherwise><xsl:call-template name="changes"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="user">
    <tr>
      <td><a class="id" href="/accounts/show?identifier={t:url(@identifier)}"><xsl:value-of select="@identifier"/></a></td>
      <td><xsl:value-of select="@name"/></td>
      <td>
        <xsl:if test="@manages"><xsl:value-of select="t:t('keeps these users')"/></xsl:if>
        <xsl:if test="@manages and @new">; </xsl:if>
        <xsl:if test="@new"><xsl:value-of select="t:t('has not logged in yet')"/></xsl:if>
      </td>
    </tr>
  </xsl:template>

  <xsl:template name="changes">
    <div class="changes">
      <section aria-labelledby="role-head">
        <h2 id="role-head"><xsl:value-of select="t:t('Role and days')"/></h2>
        <form class="card" method="post" action="/organisations/appoint">
          <xsl:call-template name="hidden"/>
          <xsl:call-template name="role-choice"><xsl:with-param name="chosen" select="@role"/></xsl:call-template>
          <xsl:call-template name="office-fields"/>
          <button type="submit"><xsl:value-of select="t:t('Give the role')"/></button>
        </form>
      </section>
      <section aria-labelledby="end-head">
        <h2 id="end-head"><xsl:value-of select="t:t('The contract is over')"/></h2>
        <form class="card" method="post" action="/organisations/dismiss">
          <xsl:call-template name="hidden"/>
          <div>
            <label for="reason"><xsl:value-of select="t:t('Reason')"/></label>
            <input id="reason" name="document" type="text" required="required" maxlength="200" autocomplete="off" aria-describedby="reason-hint"/>
            <p class="hint" id="reason-hint"><xsl:value-of select="t:t('It stays, with all that it has paid, and its users see nothing any more.')"/></p>
          </div>
          <button type="submit"><xsl:value-of select="t:t('Take the role away')"/></button>
        </form>
        <xsl:choose>
          <xsl:when test="/page/user"><p class="hint"><xsl:value-of select="t:t('It can be closed when it has no users any more.')"/></p></xsl:when>
          <xsl:otherwise>
            <form class="card" method="post" action="/organisations/remove">
              <xsl:call-template name="hidden"/>
              <div>
                <label><input name="sure" type="checkbox" required="required" value="yes"/><xsl:text> </xsl:text><xsl:value-of select="t:t('The organisation is not needed any more; what it has paid stays in the ledger.')"/></label>
              </div>
              <button class="plain" type="submit"><xsl:value-of select="t:t('Close the organisation')"/></button>
            </form>
          </xsl:otherwise>
        </xsl:choose>
      </section>
    </div>
  </xsl:template>

  <xsl:template name="hidden">
    <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
    <input type="hidden" name="identifier" value="{@identifier}"/>
  </xsl:template>
</xsl:stylesheet>
