<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="account-form.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Organisations')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:call-template name="kept"/>
    <xsl:call-template name="done"/>
    <p><xsl:value-of select="t:t('An office that pays together: what one of its users has opened is open to the others. Its manager keeps its users himself.')"/></p>
    <xsl:choose>
      <xsl:when test="organisation">
        <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
          <thead><tr>
            <th scope="col"><xsl:value-of select="t:t('Identifier')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Name')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Role')"/></th>
            <th scope="col"><xsl:value-of select="t:t('From the day')"/></th>
            <th scope="col"><xsl:value-of select="t:t('To the day')"/></th>
            <th scope="col" class="number"><xsl:value-of select="t:t('Users')"/></th>
          </tr></thead>
          <tbody><xsl:apply-templates select="organisation"/></tbody>
        </table></div>
      </xsl:when>
      <xsl:otherwise><p class="notice"><xsl:value-of select="t:t('There is no organisation yet.')"/></p></xsl:otherwise>
    </xsl:choose>
    <h2 id="add"><xsl:value-of select="t:t('Another organisation')"/></h2>
    <form class="card" method="post" action="/organisations/add">
      <input type="hidden" name="csrf" value="{reader/@csrf}"/>
      <div>
        <label for="identifier"><xsl:value-of select="t:t('Identifier')"/></label>
        <input id="identifier" name="identifier" type="text" required="required" maxlength="63" autocomplete="off" autocapitalize="none" spellcheck="false" value="{typed/@identifier}" aria-describedby="identifier-hint"/>
        <p class="hint" id="identifier-hint"><xsl:value-of select="t:t('Company number or register number; no account’s')"/></p>
      </div>
      <div>
        <label for="name"><xsl:value-of select="t:t('Name')"/></label>
        <input id="name" name="name" type="text" required="required" maxlength="120" autocomplete="off" value="{typed/@name}"/>
      </div>
      <xsl:call-template name="role-choice"><xsl:with-param name="chosen" select="typed/@chosen-role"/></xsl:call-template>
      <xsl:call-template name="office-fields"/>
      <button type="submit"><xsl:value-of select="t:t('Add')"/></button>
    </form>
  </xsl:template>

  <xsl:template match="organisation">
    <tr>
      <td><a class="id" href="/organisations/show?identifier={t:url(@identifier)}"><xsl:value-of select="@identifier"/></a></td>
      <td><xsl:value-of select="@name"/></td>
      <td><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></td>
      <td class="day"><xsl:value-of select="@from"/></td>
      <td class="day"><xsl:value-of select="@to"/><xsl:if test="@to = ''"><xsl:value-of select="t:t('no end')"/></xsl:if></td>
      <td class="number"><xsl:value-of select="@users"/></td>
    </tr>
  </xsl:template>
</xsl:stylesheet>
